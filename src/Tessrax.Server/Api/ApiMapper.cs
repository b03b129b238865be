using Tessrax.Hashing;
using Tessrax.Node;
using Tessrax.Server.Access;
using Tessrax.Server.Host;

namespace Tessrax.Server.Api;

/// <summary>Makes endpoints of the table of addresses: whoever may not is refused before anything is read, then the body is read, held to what was signed, and handed on.</summary>
internal sealed class ApiMapper
{
    private readonly IServiceProvider services;
    private readonly AccessGate gate;
    private readonly RateLimits rates;
    private readonly Shedding shedding;
    private readonly LedgerQuota quota;
    private readonly TransferRoom room;
    private readonly AnswerWriter writer;
    private readonly IOwner? owner;

    // Looked up once: a request that asks for services has a scope made for it.
    private ApiMapper(IServiceProvider services)
    {
        this.services = services;
        gate = services.GetRequiredService<AccessGate>();
        rates = services.GetRequiredService<RateLimits>();
        shedding = services.GetRequiredService<Shedding>();
        quota = services.GetRequiredService<LedgerQuota>();
        room = services.GetRequiredService<TransferRoom>();
        writer = services.GetRequiredService<AnswerWriter>();
        owner = services.GetService<IOwner>();
    }

    public static void Map(IEndpointRouteBuilder endpoints, IEnumerable<ApiRoute> routes)
    {
        var mapper = new ApiMapper(endpoints.ServiceProvider);
        foreach (ApiRoute route in routes)
        {
            string[] methods = route.Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [route.Method];
            endpoints.MapMethods(route.Path, methods, http => mapper.Answer(http, route));
        }
    }

    private async Task Answer(HttpContext http, ApiRoute route)
    {
        Admission admission = gate.Admit(http, route);
        http.Features.Set(admission.Who);
        rates.Count(http, route, admission.Who);
        shedding.RequireRoom(route);
        if (route.Limit.IsReceived)
        {
            await Receive(http, route, admission);
            return;
        }
        using RequestBody body = await RequestBody.Read(http, route, admission.Who, room);
        admission.RequireBody?.Invoke(HashEngine.Sha256.Hash(body.Bytes.Span));
        JsonRoom.Require(body.Bytes.Span, route.Limit);
        var call = new ApiCall(http, services, route, admission.Who, body.Bytes);
        ApiAnswer answer;
        using (quota.Enter(http, route))
        using (shedding.Enter(route))
        using (await shedding.EnterScan(call))
            answer = owner is not null && route.NeedsWriter ? await owner.Ask(call) : await route.Does(call);
        await writer.Write(http, route, answer);
    }

    // A file has places of its own while it comes, so that it takes none of those who are worked on; no other node could answer.
    private async Task Receive(HttpContext http, ApiRoute route, Admission admission)
    {
        var call = new ApiCall(http, services, route, admission.Who, default)
        {
            Receive = ledger =>
                new ReceivedFile(
                    http,
                    route.Limit,
                    admission,
                    services.GetRequiredService<FilesIn>(),
                    services.GetRequiredService<NodeEnvironment>()
                ).Read(ledger),
        };
        await writer.Write(http, route, await route.Does(call));
    }
}
