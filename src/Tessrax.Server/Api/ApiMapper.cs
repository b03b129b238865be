using Tessrax.Server.Access;
using Tessrax.Server.Host;

namespace Tessrax.Server.Api;

/// <summary>Makes endpoints of the table of addresses: whoever may not is refused before anything is read, then the body is read, held to what was signed, and handed on.</summary>
internal static class ApiMapper
{
    public static void Map(IEndpointRouteBuilder endpoints, IEnumerable<ApiRoute> routes)
    {
        foreach (ApiRoute route in routes)
        {
            string[] methods = route.Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [route.Method];
            endpoints.MapMethods(route.Path, methods, http => Answer(http, route));
        }
    }

    private static async Task Answer(HttpContext http, ApiRoute route)
    {
        IServiceProvider services = http.RequestServices;
        Admission admission = services.GetRequiredService<AccessGate>().Admit(http, route);
        http.Features.Set(admission.Who);
        services.GetRequiredService<RateLimits>().Count(http, route, admission.Who);
        Shedding shedding = services.GetRequiredService<Shedding>();
        shedding.RequireRoom(route);
        using RequestBody body = await RequestBody.Read(http, route, admission.Who);
        admission.RequireBody(body.Bytes);
        var call = new ApiCall(http, route, admission.Who, body.Bytes);
        // Also where nobody asks: what is not declared is refused.
        _ = call.Query;
        ApiAnswer answer;
        using (shedding.Enter(route))
            answer = await route.Does(call);
        await services.GetRequiredService<AnswerWriter>().Write(http, route, answer);
    }
}
