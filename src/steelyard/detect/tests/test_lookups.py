from steelyard.catalogue import load_catalogue
from steelyard.detect.lookups import lookups
from steelyard.kit.catalogue_folder import catalogue_folder


def listed():
    return {(one.dataset, one.column): one for one in lookups(load_catalogue(catalogue_folder()))}


def test_the_columns_of_a_models_routes_are_listed_with_the_model():
    rent = listed()["rent_receivable", "contract_id"]
    assert "village-asset/rent-receivable-unpaid" in rent.models
    assert rent.clustered


def test_what_only_a_global_model_reads_is_not_listed():
    found = listed()
    assert all("ocds/r024-price-close-to-winner" not in one.models for one in found.values())


def test_the_key_of_a_dataset_is_listed_because_a_push_replaces_rows_by_it():
    assert listed()["rent_receivable", "due_date"].key
