"""Between HTTP and pictures: taking uploads in, turning them into pixels."""
