import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def unbraked():
    """Tests come from one address; the brake on bulk reading starts anew for each."""
    cache.clear()
