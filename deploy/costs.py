"""What an environment costs, roughly, before it is made.

List prices on demand, in US dollars, without tax, region us-east-1, from the public price pages
(https://aws.amazon.com/ec2/pricing/on-demand/, https://aws.amazon.com/elasticloadbalancing/pricing/,
https://aws.amazon.com/vpc/pricing/, https://aws.amazon.com/ebs/pricing/) as known in 2025. Elastic
Beanstalk itself is free. Traffic is not in them. They change, and other regions cost up to half as
much again: https://calculator.aws has today's.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

HOURS_A_MONTH: Final = 730

INSTANCE_HOURLY: Final = MappingProxyType(
    {"t3.micro": 0.0104, "t3.small": 0.0208, "t3.medium": 0.0416, "t3.large": 0.0832}
)
BALANCER_HOURLY: Final = 0.0225 + 0.008  # the balancer and one capacity unit
BALANCER_ADDRESSES: Final = 2  # one in each of two zones
ADDRESS_HOURLY: Final = 0.005
VOLUME_MONTHLY: Final = 8 * 0.08  # 8 GB gp3


@dataclass(frozen=True)
class Cost:
    """One line of the estimate.

    Attributes
    ----------
    item
        What is paid for.
    monthly
        US dollars a month of 730 hours; None where the price is not known here.
    """

    item: str
    monthly: float | None


def estimate_costs(instance_type: str, instances: int, balanced: bool) -> list[Cost]:
    """Estimate what an environment costs a month."""
    hourly = INSTANCE_HOURLY.get(instance_type)
    addresses = instances + (BALANCER_ADDRESSES if balanced else 0)
    lines = [
        Cost(f"{instances} × {instance_type}", None if hourly is None else instances * hourly * HOURS_A_MONTH),
        Cost(f"{instances} × 8 GB volume", instances * VOLUME_MONTHLY),
        Cost(f"{addresses} × public IPv4 address", addresses * ADDRESS_HOURLY * HOURS_A_MONTH),
    ]
    if balanced:
        lines.append(Cost("application load balancer, little traffic", BALANCER_HOURLY * HOURS_A_MONTH))
    return lines


def describe_costs(lines: list[Cost]) -> str:
    """Put an estimate in words, one line an item and the sum."""
    rows = [
        f"  {'unknown' if line.monthly is None else f'{line.monthly:7.2f} $'} a month  {line.item}" for line in lines
    ]
    total = sum(line.monthly or 0 for line in lines)
    unknown = any(line.monthly is None for line in lines)
    rows.append(f"  {total:7.2f} $ a month  in all{', and what is unknown' if unknown else ''}, without traffic")
    return "Costs (list prices of us-east-1 as of 2025, see https://calculator.aws for today's):\n" + "\n".join(rows)
