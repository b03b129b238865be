using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tessrax.Canonical;
using Tessrax.Node.Serving;
using Tessrax.Server.Host;

namespace Tessrax.Bench.Http;

/// <summary>Servers, each in a process of its own: ours, and Kestrel that gives bytes which it has, for whatever address.</summary>
internal sealed class HttpServers : IDisposable
{
    private readonly Process process;

    private HttpServers(Process process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Processor time that it and this process have taken so far.</summary>
    public TimeSpan Cpu => process.TotalProcessorTime + Environment.CpuUsage.TotalTime;

    /// <summary>Starts one, as <see cref="Serve"/> or <see cref="ServeBare"/> does.</summary>
    public static HttpServers Start(params string[] arguments)
    {
        ProcessStartInfo info = SelfProcess.With(["http-server", .. arguments]);
        info.RedirectStandardInput = true;
        // As tessraxd runs.
        info.Environment["DOTNET_gcConcurrent"] = "1";
        Process process = Process.Start(info)!;
        string? line = process.StandardOutput.ReadLine();
        return line is not null
            ? new HttpServers(process, new Uri(line))
            : throw new InvalidOperationException("a server did not start");
    }

    /// <summary>Serves a ledger until the input ends. Nobody is held to a rate.</summary>
    /// <param name="directory">The ledger.</param>
    /// <param name="writes">Whether it is one of ours, which can be appended to.</param>
    public static async Task<int> Serve(string directory, bool writes)
    {
        ThreadPool.SetMinThreads(64, 64);
        const int Often = int.MaxValue / 2;
        var options = new ServerOptions
        {
            Ledger = directory,
            Urls = ["http://127.0.0.1:0"],
            Rates = new Rates(Often, Often, Often, Often, Often),
            DrainNotice = TimeSpan.Zero,
        };
        ServedLedger ledger = await ServedLedger.OpenAsync(
            directory,
            writes ? HttpLedger.Keys : null,
            HttpLedger.Environment
        );
        await using RunningServer server = await ServerHost.StartAsync(options, ledger, HttpLedger.Environment);
        Console.WriteLine(server.Address);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>Serves what a file holds, until the input ends: an object of addresses, each with type and body. A body that is sent is read, and that is all.</summary>
    public static async Task<int> ServeBare(string file)
    {
        ThreadPool.SetMinThreads(64, 64);
        JsonValue all = JsonValue.Parse(await File.ReadAllBytesAsync(file));
        var answers = new Dictionary<string, (string Type, byte[] Body)>(StringComparer.Ordinal);
        for (int i = 0; i < all.Names.Length; i++)
            answers[all.Names[i]] = (
                all.Items[i]["type"]!.AsString(),
                Convert.FromBase64String(all.Items[i]["body"]!.AsString())
            );
        WebApplicationBuilder builder = BareKestrel.NewBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using WebApplication app = builder.Build();
        app.Run(async http =>
        {
            (string type, byte[] body) = answers[http.Features.Get<IHttpRequestFeature>()!.RawTarget];
            HttpResponse response = http.Response;
            if (HttpMethods.IsPost(http.Request.Method))
            {
                await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
                response.StatusCode = StatusCodes.Status201Created;
            }
            (response.ContentType, response.ContentLength) = (type, body.Length);
            await response.Body.WriteAsync(body, http.RequestAborted);
        });
        await app.StartAsync();
        Console.WriteLine(BareKestrel.AddressOf(app));
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(30_000))
            process.Kill();
        process.Dispose();
    }
}
