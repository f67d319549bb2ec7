"""The first boot of Harbor's server, and what keeps the server as it is wanted, whichever cloud it stands in."""
