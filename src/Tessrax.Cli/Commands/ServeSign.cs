using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Client;

namespace Tessrax.Cli.Commands;

/// <summary><c>serve sign URL --key FILE</c>: signs one request that another program sends.</summary>
internal static class ServeSign
{
    public static Command Create(CliContext context)
    {
        var server = new ServerKey();
        Option<string> path = new("--path")
        {
            Description = "what is asked for, below the URL, with its query",
            HelpName = "PATH",
            Required = true,
        };
        Option<string?> method = new("--method")
        {
            Description = "POST if left out and there is a body; otherwise GET",
            HelpName = "M",
        };
        Option<string?> body = new("--body") { Description = "what is sent, to the byte", HelpName = "FILE" };
        var verb = new Verb(
            "sign",
            "Print the header that signs one request, for curl and the like",
            "curl -H \"$(tessraxctl serve sign http://127.0.0.1:8420 --key ci.key --path v1/claims --body claims.json)\" -H Content-Type:application/json --data-binary @claims.json http://127.0.0.1:8420/v1/claims"
        )
        {
            path,
            method,
            body,
        };
        server.AddTo(verb);
        verb.SetAction(parsed =>
        {
            byte[] sent = parsed.GetValue(body) is { } file ? context.ReadInput(file) : [];
            string how = parsed.GetValue(method) ?? (sent.Length > 0 ? "POST" : "GET");
            using RemoteLedger there = server.Open(context, parsed);
            SignedRequest signed = RemoteLedger.Await(
                there.Client.SignAsync(how, parsed.GetRequiredValue(path), sent, context.Cancellation)
            );
            context.WriteJson(() =>
                JsonValue.Object(
                    ("method", signed.Method),
                    ("url", signed.Address.AbsoluteUri),
                    ("authorization", signed.Authorization)
                )
            );
            context.Line($"Authorization: {signed.Authorization}");
            context.Notice($"it counts once, within a minute, for {signed.Method} {signed.Address.AbsoluteUri}");
            return 0;
        });
        return verb;
    }
}
