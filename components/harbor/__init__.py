"""Harbor as a registry: the component, what it may be told, the server it runs on, and what is inside it."""
