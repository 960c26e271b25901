"""Better routes at the desk's asking: searched beside the work, compared, and put in force only by a person."""
