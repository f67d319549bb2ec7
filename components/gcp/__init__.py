"""Google Cloud as every component of it sees it: places, and the provider that reaches them."""
