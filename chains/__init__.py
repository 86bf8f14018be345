"""How firms are linked: chains, roles, supply links, demands and offers. Opens with the chain register."""
