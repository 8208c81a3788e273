"""Carrying the service out: the container, and AWS Elastic Beanstalk."""
