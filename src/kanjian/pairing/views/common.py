"""What every page of this room needs."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kanjian.pairing.states import RoundError


def attempt(request: HttpRequest, take: Callable[[], object], done: str) -> bool:
    """Take a step and say what became of it; whether it was taken."""
    try:
        take()
    except RoundError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, done)
    return True


def form_page(
    request: HttpRequest,
    form: forms.Form,
    take: Callable[[], object],
    *,
    back: str,
    template: str,
    context: dict[str, object],
) -> HttpResponse:
    """A page with a form; a valid POST takes the step and goes back, what is refused stands in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            take()
        except RoundError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, str(context["done"]))
            return redirect(back)
    return render(request, template, {**context, "form": form, "back": back})
