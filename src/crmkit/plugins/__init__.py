"""The bundled plugins: each takes the path that a stranger's plugin takes."""
