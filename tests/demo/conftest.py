import pytest

from kanjian.demo.city import City, make_city


@pytest.fixture(scope="session")
def city() -> City:
    return make_city()
