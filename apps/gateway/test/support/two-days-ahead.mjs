// Loaded before a gateway: its machine's clock is two days ahead.
const now = Date.now;
Date.now = () => now() + 2 * 86_400_000;
