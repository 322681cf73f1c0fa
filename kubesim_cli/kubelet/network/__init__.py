"""The cluster's network as containers see it: DNS, services, policies, ingresses, and the API server behind them."""
