"""The layouts that pose estimators and body models use."""
