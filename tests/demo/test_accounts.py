import pytest
from django.test import override_settings

from kanjian.demo import accounts
from kanjian.orgs.models import User


def test_public_passwords_have_no_place_beside_real_data(db):
    with override_settings(DEMO=False), pytest.raises(accounts.NotADemoError):
        accounts.make_accounts()
    assert not User.objects.filter(username__startswith="demo-").exists()
    assert accounts.printed() == []


def test_passwords_are_long_enough_for_the_rules():
    assert all(len(account.password) >= 10 for account in accounts.ACCOUNTS)
