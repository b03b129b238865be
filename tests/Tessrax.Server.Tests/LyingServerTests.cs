using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tessrax.Tests.Fuzz;

namespace Tessrax.Server.Tests;

/// <summary><c>tessraxctl</c> before a server whose answers were changed on the way, byte by byte and member by member: it says no with a reason, or what is true; it never breaks.</summary>
public sealed class LyingServerTests : IAsyncLifetime
{
    private const int Rounds = 12;

    private static readonly string[] Verified =
    [
        "show 7 --json",
        "log --limit 5 --json",
        "checkpoint --json",
        "prove 7",
    ];

    private static readonly string[] Told =
    [
        "search number --limit 3 --json",
        "pending --json",
        "decisions --state all --json",
        "decisions DECISION --json",
        "contradictions --json",
        "standing CVE-1 --json",
        "keys list --json",
        "verify --json",
    ];

    private readonly Lock access = new();
    private Clients clients = null!;
    private Ctl ctl = null!;
    private WebApplication proxy = null!;
    private Func<byte[], byte[]> change = static bytes => bytes;

    public async ValueTask InitializeAsync()
    {
        clients = await Clients.Start(ClientTests.Filled());
        ctl = new Ctl(clients.Server.Home);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        proxy = builder.Build();
        proxy.Run(Pass);
        await proxy.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await clients.DisposeAsync();
    }

    [Fact]
    public void Whatever_is_changed_in_an_answer_it_is_refused_or_nothing_wrong_is_said()
    {
        string decision = ctl.Run("decisions", clients.Server.Home.DirectoryPath, "--json").Json[0][
            "index"
        ]!.AsNumberText();
        int refused = 0;
        foreach (string line in Verified.Concat(Told))
        {
            string[] words = line.Replace("DECISION", decision, StringComparison.Ordinal).Split(' ');
            change = static bytes => bytes;
            CtlRun truth = Run(words);
            Assert.True(truth.Code == 0, truth.Error);
            for (int seed = 0; seed < Rounds; seed++)
            {
                Lie(seed);
                CtlRun run = Run(words);
                Assert.True(run.Code is >= 0 and <= 5, $"{line}, seed {seed}: exit {run.Code} {run.Error}");
                if (run.Code == 0 && Verified.Contains(line))
                    Assert.Equal(truth.Output, run.Output);
                refused += run.Code == 0 ? 0 : 1;
            }
        }
        // Or nothing was changed.
        Assert.True(refused > Rounds * 5, $"{refused} were refused");
    }

    private CtlRun Run(string[] words)
    {
        int verb = words[0] == "keys" ? 2 : 1;
        return ctl.Run([.. words[..verb], $"{proxy.Urls.First()}/", .. words[verb..], "--trust", ctl.Trust()]);
    }

    // One answer in three, so that later ones are asked for at all.
    private void Lie(int seed)
    {
        var random = new Random(seed);
        change = bytes =>
            random.Next(3) > 0 ? bytes
            : random.Next(2) == 0 ? ByteMutator.Mutate(bytes, bytes, random)
            : JsonMutator.Mutate(bytes, bytes, random) ?? bytes;
    }

    private async Task Pass(HttpContext http)
    {
        string target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        using HttpResponseMessage answer = await clients.Server.Http.GetAsync(new Uri(target, UriKind.Relative));
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync();
        lock (access)
            bytes = change(bytes);
        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await http.Response.Body.WriteAsync(bytes);
    }
}
