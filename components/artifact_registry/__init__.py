"""Google Artifact Registry: a production registry in one project and location, for any number of apps."""
