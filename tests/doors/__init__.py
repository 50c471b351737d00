"""What the tests of the doors stand on: a filled world, a walk over its addresses, a crawl of its pages."""
