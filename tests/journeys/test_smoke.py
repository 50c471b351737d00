def test_it_starts(product):
    pass
