"""Where a door is: postcodes, house numbers, regions and coordinates."""
