"""Addresses of this room."""

from django.urls import path

from kanjian.pairing.views import pairs, rounds

app_name = "pairing"
urlpatterns = [
    path("", rounds.index, name="index"),
    path("new/", rounds.propose, name="propose"),
    path("<int:number>/", rounds.round_page, name="round"),
    path("<int:number>/pairs.xlsx", rounds.download, name="download"),
    path("<int:number>/effect/", rounds.effect, name="effect"),
    path("<int:number>/start/", rounds.start, name="start"),
    path("<int:number>/close/", rounds.close, name="close"),
    path("<int:number>/evaluate/", rounds.evaluate, name="evaluate"),
    path("<int:number>/public/", rounds.openness, name="openness"),
    path("<int:number>/rules/", rounds.rule, name="rule"),
    path("<int:number>/rules/<int:ruling>/", rounds.lift, name="lift"),
    path("<int:number>/change/<str:unit>/", pairs.change, name="change"),
    path("<int:number>/pairs/<int:pair>/", pairs.pair_page, name="pair"),
    path("<int:number>/pairs/<int:pair>/agree/", pairs.agree, name="agree"),
    path("<int:number>/pairs/<int:pair>/letter.docx", pairs.letter, name="letter"),
    path("<int:number>/pairs/<int:pair>/plan/", pairs.plan, name="plan"),
    path("<int:number>/pairs/<int:pair>/milestones/", pairs.milestone, name="milestone_new"),
    path("<int:number>/pairs/<int:pair>/milestones/<int:milestone>/", pairs.milestone, name="milestone"),
    path("<int:number>/pairs/<int:pair>/visits/", pairs.visit, name="visit"),
    path("<int:number>/pairs/<int:pair>/close/", pairs.close, name="pair_close"),
]
