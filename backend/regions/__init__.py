"""Soft borders: help between regions counted, and a fairer layout for the people who draw them."""
