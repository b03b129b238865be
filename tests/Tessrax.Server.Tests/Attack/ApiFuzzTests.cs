using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Server.Api;
using Tessrax.Verification;

namespace Tessrax.Server.Tests.Attack;

/// <summary>Ten thousand requests made from the server's own document and spoilt: none fails, none hangs, every refusal says why, and the ledger holds what was acknowledged and nothing else.</summary>
public sealed partial class ApiFuzzTests
{
    private const int Requests = 10_000;
    private const int Connections = 32;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(5);

    // What Kestrel itself says to those who send no HTTP, without a body.
    private static readonly int[] OfKestrel = [400, 408, 411, 413, 414, 417, 426, 431, 501, 505];

    // TESSRAX_FUZZ_SEED repeats a run, as far as connections go on beside each other in one.
    private static readonly int Seed = int.TryParse(
        Environment.GetEnvironmentVariable("TESSRAX_FUZZ_SEED"),
        CultureInfo.InvariantCulture,
        out int wish
    )
        ? wish
        : 7;

    private readonly ConcurrentQueue<string> faults = new();
    private readonly ConcurrentDictionary<string, int> told = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> answered = new(StringComparer.Ordinal);
    private readonly Acknowledged acknowledged = new();
    private int left = Requests;

    [Fact]
    public async Task Nothing_that_is_sent_makes_the_server_fail_or_hang_or_write_by_halves()
    {
        await using FuzzHome home = await FuzzHome.Start();
        long before = home.Server.Ledger.Pipeline.Tree.Size;
        await Task.WhenAll(
            Enumerable.Range(0, Connections).Select(i => Task.Run(() => Talk(home, new Random(Seed + i))))
        );
        Report();
        Assert.True(faults.IsEmpty, $"seed {Seed}, {faults.Count} faults:\n{string.Join('\n', faults.Take(8))}");
        // A session's end would be that of all who use it, and no code of a link lies about.
        string[] unasked = [.. home.Operations.Select(one => one.Id).Where(id => !answered.ContainsKey(id))];
        Assert.Equal(["delete-v1-sessions-current", "post-sign-in"], unasked.Order());
        Assert.True(told.Count > 25, $"only {told.Count} kinds of refusals");
        MustHoldWhatWasAcknowledged(home, before);
        Verdict verdict = home.Server.Home.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    private async Task Talk(FuzzHome home, Random random)
    {
        RawConnection? connection = null;
        while (Interlocked.Decrement(ref left) >= 0)
        {
            OddRequest request = OddRequest.Make(home, random);
            connection ??= await RawConnection.Open(home.Server.Running.Address);
            if (await Ask(connection, request) && connection.IsUsable && !request.IsBroken)
                continue;
            connection.Dispose();
            connection = null;
        }
        connection?.Dispose();
    }

    // Whether there was an answer.
    private async Task<bool> Ask(RawConnection connection, OddRequest request)
    {
        long begun = Stopwatch.GetTimestamp();
        using var patience = new CancellationTokenSource(2 * MostTime);
        try
        {
            await connection.Send(request.Bytes, patience.Token);
            // To Kestrel that is somebody who went away: what had come whole is done, and nobody is told.
            if (request.IsCut)
                connection.EndSending();
            RawAnswer? answer = await connection.Read(request.Method == "HEAD", cancellation: patience.Token);
            if (Stopwatch.GetElapsedTime(begun) > MostTime)
                Fault(request, answer, $"took {Stopwatch.GetElapsedTime(begun)}");
            if (answer is null && !request.IsBroken)
                Fault(request, answer, "was not answered");
            if (answer is not null)
                Judge(request, answer);
            return answer is not null;
        }
        catch (OperationCanceledException)
        {
            Fault(request, null, "hangs");
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or EndOfStreamException)
        {
            if (!request.IsBroken)
                Fault(request, null, $"broke the connection: {e.Message}");
        }
        return false;
    }

    private void Judge(OddRequest request, RawAnswer answer)
    {
        if (answer.Status < 400)
        {
            answered.AddOrUpdate(request.Operation.Id, 1, (_, count) => count + 1);
            if (answer.Body.Length > 0 && answer["Content-Type"] == "application/json")
                acknowledged.Add(request, answer);
            return;
        }
        if (request.IsBroken && answer.Body.Length == 0 && answer.Closes && OfKestrel.Contains(answer.Status))
        {
            told.AddOrUpdate($"{answer.Status} Kestrel", 1, (_, count) => count + 1);
            return;
        }
        string? fault = request.Method == "HEAD" ? HeadFault(answer) : ProblemFault(answer);
        if (fault is not null)
            Fault(request, answer, fault);
        if (answer.Status == 409)
            acknowledged.Add(request, answer);
    }

    private static string? HeadFault(RawAnswer answer) =>
        answer.Status == 500 ? "failed"
        : answer["Content-Type"] is Problem.ContentType or BytesAnswer.Html ? null
        : "is not told why";

    private string? ProblemFault(RawAnswer answer)
    {
        string code;
        if (answer["Content-Type"] == Problem.ContentType)
        {
            JsonValue problem = JsonValue.Parse(answer.Body);
            code = problem["code"]!.AsString();
            if (problem["hint"]!.AsString().Length == 0 || problem["detail"]!.AsString().Length == 0)
                return "has no hint, or no message";
        }
        // People are told on a page.
        else if (
            answer["Content-Type"] == BytesAnswer.Html
            && ShownCode().Match(Encoding.UTF8.GetString(answer.Body)) is { Success: true } shown
        )
            code = shown.Groups[1].Value;
        else
            return $"is refused as {answer["Content-Type"]}";
        told.AddOrUpdate($"{answer.Status} {code}", 1, (_, count) => count + 1);
        if (ErrorCodes.All.FirstOrDefault(one => one.ToString() == code) is not { } known)
            return "has a code that nobody knows";
        if (answer.Status is 500 || known == ErrorCodes.Bug)
            return "failed";
        if (Problem.StatusOf(known) != answer.Status)
            return $"has the status of another code than {code}";
        if (answer.Status is 429 or 503 && answer["Retry-After"] is null)
            return "does not say when to come again";
        return answer.Status == 405 && answer["Allow"] is null ? "does not say which methods there are" : null;
    }

    [GeneratedRegex(">(TSX[0-9]{4})<")]
    private static partial Regex ShownCode();

    private void Fault(OddRequest request, RawAnswer? answer, string what) =>
        faults.Enqueue(
            $"{request.Operation.Id} {what}: {answer?.Status} {Encoding.UTF8.GetString(answer?.Body ?? [])}\n{request}"
        );

    private void MustHoldWhatWasAcknowledged(FuzzHome home, long before)
    {
        using LedgerView view = home.Server.Home.View();
        long claims = 0;
        for (long i = before; i < view.Size; i++)
        {
            EntryBody body = view.Receipt(i).Entry.Body;
            if (body.Event == Events.ClaimsRecorded)
                claims++;
            else
                Assert.True(
                    acknowledged.Indexes.ContainsKey(i),
                    $"entry {i}, {body.Event}, was acknowledged to nobody"
                );
        }
        Assert.All(acknowledged.Indexes.Keys, index => Assert.InRange(index, 0, view.Size - 1));
        Assert.True(claims <= acknowledged.Claims, $"{claims} entries of claims for {acknowledged.Claims} answers");
        Assert.True(acknowledged.Indexes.Count > 20, $"only {acknowledged.Indexes.Count} entries were appended");
    }

    private void Report() =>
        TestContext.Current.SendDiagnosticMessage(
            "seed {0}: {1}; {2}",
            Seed,
            string.Join(", ", answered.OrderBy(one => one.Key).Select(one => $"{one.Key} {one.Value}")),
            string.Join(", ", told.OrderBy(one => one.Key).Select(one => $"{one.Key} {one.Value}"))
        );

    /// <summary>What answers said was recorded.</summary>
    private sealed class Acknowledged
    {
        private int claims;

        public ConcurrentDictionary<long, string> Indexes { get; } = new();

        public int Claims => claims;

        // Whatever the request was made of: what was spoilt may be another good one.
        public void Add(OddRequest request, RawAnswer answer)
        {
            if (request.Method != "POST")
                return;
            JsonValue said = JsonValue.Parse(answer.Body);
            if (said["followed"] is not null)
                Interlocked.Increment(ref claims);
            Add(request, said);
            foreach (string list in (string[])["receipts", "followed", "verdicts"])
            {
                foreach (JsonValue one in said[list]?.Items.ToArray() ?? [])
                    Add(request, one);
            }
        }

        private void Add(OddRequest request, JsonValue one)
        {
            // A verdict that does not count names what it was for.
            if (one["code"] is not null)
                return;
            foreach (string name in (string[])["index", "proposal", "approval"])
            {
                if (one[name] is { Kind: JsonKind.Number } index)
                    Indexes[long.Parse(index.AsNumberText(), CultureInfo.InvariantCulture)] = request.Operation.Id;
            }
        }
    }
}
