"""Tests of site_builder/panels."""
