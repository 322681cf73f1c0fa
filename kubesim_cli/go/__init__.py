"""What imitates Go's libraries: their texts, orders and errors are what scripts see."""
