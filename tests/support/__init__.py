"""What tests share: datasets in memory, videos, plugins that are installed for one test."""
