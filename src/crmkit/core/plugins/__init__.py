"""Plugins: manifests, discovery, loading, guarded calls, observers and what is remembered of them."""
