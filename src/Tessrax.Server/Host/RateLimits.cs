using System.Threading.RateLimiting;
using Tessrax.Server.Access;
using Tessrax.Server.Api;

namespace Tessrax.Server.Host;

/// <summary>A bucket of requests for each key, and for each address without one, by what is asked for.</summary>
internal sealed class RateLimits : IDisposable
{
    private readonly PartitionedRateLimiter<(Role Needs, ClientName Who, int Rate)> limiter =
        PartitionedRateLimiter.Create<(Role Needs, ClientName Who, int Rate), (Role, ClientName, int)>(one =>
            RateLimitPartition.GetTokenBucketLimiter(one, static key => Bucket(key.Item3))
        );

    private readonly Rates rates;

    public RateLimits(Rates rates) => this.rates = rates;

    /// <summary>Counts a request.</summary>
    /// <exception cref="TessraxException">TSX6001: it is one too many.</exception>
    public void Count(HttpContext http, ApiRoute route, Principal who)
    {
        if (RateOf(route) is not { } rate)
            return;
        using RateLimitLease lease = limiter.AttemptAcquire((route.Needs, ClientName.Of(http, who), rate));
        if (!lease.IsAcquired)
            throw ErrorCodes.TooManyRequests.Because($"more than {rate} requests a second");
    }

    public void Dispose() => limiter.Dispose();

    private int? RateOf(ApiRoute route) =>
        route.Needs switch
        {
            Role.Reader or Role.Known => rates.Reader,
            Role.Submitter => rates.Submitter,
            Role.Approver => rates.Approver,
            Role.Operator or Role.AnyKey => rates.Operator,
            // Looking at a link guesses nothing.
            _ => HttpMethods.IsPost(route.Method) && route.Path == "/sign-in" ? rates.SignIn : null,
        };

    private static TokenBucketRateLimiterOptions Bucket(int rate) =>
        new()
        {
            TokenLimit = Math.Max(rate, 5),
            TokensPerPeriod = Math.Max(1, rate / 10),
            ReplenishmentPeriod = TimeSpan.FromMilliseconds(rate >= 10 ? 100 : 1000.0 / rate),
            QueueLimit = 0,
        };
}
