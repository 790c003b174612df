"""What runs leave behind: sessions, their records, what they were derived from, and demos as the page needs them."""
