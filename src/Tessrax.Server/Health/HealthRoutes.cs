using Tessrax.Server.Access;
using Tessrax.Server.Api;

namespace Tessrax.Server.Health;

/// <summary>For whoever watches over the process.</summary>
internal static class HealthRoutes
{
    public static IEnumerable<ApiRoute> All { get; } =
    [new ApiRoute("GET", "/healthz", Role.Nobody, static _ => Alive()) { Summary = "Whether the process answers" }];

    private static ValueTask<ApiAnswer> Alive() =>
        new(new BytesAnswer("ok\n"u8.ToArray(), "text/plain; charset=utf-8"));
}
