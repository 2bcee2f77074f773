"""What a feed makes of the articles of Pelican."""
