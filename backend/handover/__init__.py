"""The morning: per organisation and night, collect, close, send, and receive the answer."""
