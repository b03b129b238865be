using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Keys;
using Tessrax.Node;

namespace Tessrax.Cli.Commands;

/// <summary><c>monitor URL</c>: looks at a log from outside, again and again, and tells when it is not what it was.</summary>
internal static class MonitorVerb
{
    public static Command Create(CliContext context)
    {
        Argument<string> url = new("URL") { Description = "the log: a Tessrax server, or any other static log (C2SP)" };
        Option<string> trust = new("--trust")
        {
            Description = "a trust root file, or the log's vkey",
            HelpName = "FILE|VKEY",
            Required = true,
        };
        Option<bool> once = new("--once") { Description = "look once; exit 1 on an alarm" };
        Option<string> every = new("--every")
        {
            Description = "how long to wait between two looks, as 30s, 5min or 1h",
            HelpName = "T",
            DefaultValueFactory = static _ => "30s",
        };
        Option<string> frozen = new("--frozen-after")
        {
            Description = "for how long the log may neither grow nor be cosigned",
            HelpName = "T",
            DefaultValueFactory = static _ => "24h",
        };
        Option<string?> state = new("--state")
        {
            Description =
                "where the last checkpoint is remembered; evidence of a fork is written beside it. By default among this user's state files",
            HelpName = "FILE",
        };
        var verb = new Verb(
            "monitor",
            "Alarm on a log that shrinks, forks or stands still",
            "tessraxctl monitor https://ledger.example.com --trust ledger.trust.json",
            "tessraxctl monitor https://ledger.example.com --trust ledger.trust.json --once --json"
        )
        {
            url,
            trust,
            once,
            every,
            frozen,
            state,
        };
        verb.SetAction(parsed =>
        {
            Uri server = RemoteOptions.AddressOf(parsed.GetRequiredValue(url));
            TimeSpan pause = TimeText.ReadLength(parsed.GetRequiredValue(every), every.Name);
            if (pause < TimeSpan.FromSeconds(1))
                throw ErrorCodes.BadUsage.Because($"{every.Name} must be 1s at least");
            TimeSpan still = TimeText.ReadLength(parsed.GetRequiredValue(frozen), frozen.Name);
            TrustRoot root = TrustArgument.Read(context, parsed.GetRequiredValue(trust));
            NodeEnvironment environment = LedgerSession.Environment(context);
            var memory = new MonitorMemory(
                environment,
                parsed.GetValue(state) ?? MonitorMemory.UsualPath(environment, server),
                root.Policy.Logs[0]
            );
            using var monitor = new LogMonitor(server, root, still, RemoteOptions.Anonymous(context, environment));
            if (parsed.GetValue(once))
                return Once(context, monitor, memory);
            return Watch(context, monitor, memory, pause);
        });
        return verb;
    }

    private static int Watch(CliContext context, LogMonitor monitor, MonitorMemory memory, TimeSpan pause)
    {
        bool isFine = true;
        context.NoPager = true;
        while (!context.Cancellation.IsCancellationRequested)
        {
            try
            {
                isFine &= Look(context, monitor, memory, out TessraxException? away);
                if (away is not null)
                    context.Notice($"{UtcTime.Now(context.Time)}: {away.Code} {away.Message}");
            }
            catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
            {
                break;
            }
            context.Flush();
            context.Cancellation.WaitHandle.WaitOne(pause);
        }
        return isFine ? 0 : CliContext.Refuted;
    }

    private static int Once(CliContext context, LogMonitor monitor, MonitorMemory memory)
    {
        bool isFine = Look(context, monitor, memory, out TessraxException? away);
        return !isFine ? CliContext.Refuted
            : away is null ? 0
            : throw away;
    }

    // Whether all is as it should be, as far as could be seen: a log that is away has not answered, which says nothing about it but that it stands still.
    private static bool Look(CliContext context, LogMonitor monitor, MonitorMemory memory, out TessraxException? away)
    {
        away = null;
        MonitorLook look;
        try
        {
            look = RemoteLedger.Await(monitor.LookAsync(memory.State, context.Cancellation));
        }
        catch (TessraxException e)
        {
            away = e;
            if (memory.State is not { } last || monitor.StandsStill(last) is not { } alarm)
                return true;
            Tell(context, memory, new MonitorLook(UtcTime.Now(context.Time), null, [alarm], last), null);
            return false;
        }
        // Before anything is said of it: what was seen once must not be forgotten.
        if (look.State is { } state && state != memory.State)
            memory.Remember(state);
        string? evidence = look.Evidence is { } found ? memory.Keep(found) : null;
        if (look.Unproven is { } note)
            context.Notice($"the checkpoint that is not shown to extend the last one is kept: {memory.Keep(note)}");
        Tell(context, memory, look, evidence);
        return look.Alarms.Count == 0;
    }

    private static void Tell(CliContext context, MonitorMemory memory, MonitorLook look, string? evidence)
    {
        context.WriteJson(() => ToJson(look, evidence));
        string size = look.Head is { } head
            ? $"size {head.Size}, root {look.Hasher.Text(head.Root)}"
            : "no checkpoint that counts";
        string age = look is { Head: not null, FreshAt: { } fresh } ? $", fresh {TimeText.Ago(look.At - fresh)}" : "";
        context.Line(
            look.Alarms.Count == 0 ? Tone.Good : Tone.Bad,
            $"{look.At.ToString()[..19]}Z {(look.Alarms.Count == 0 ? "ok" : "ALARM")}: {size}{age}"
        );
        foreach (Alarm alarm in look.Alarms)
            context.Line(Tone.Bad, $"  {alarm.Name}: {alarm.Says}");
        if (evidence is not null)
            context.Line(
                $"  evidence that anybody can check: {ShellText.Of($"tessraxctl merkle evidence {evidence} --key {memory.Key}")}"
            );
    }

    private static JsonValue ToJson(MonitorLook look, string? evidence) =>
        JsonValue.Object(
            ("at", look.At.ToString()),
            ("ok", look.Alarms.Count == 0),
            ("size", look.Head is { } head ? JsonValue.Number(head.Size) : null),
            ("root", look.Head is { } tree ? JsonValue.String(look.Hasher.Text(tree.Root)) : null),
            ("fresh_at", look.FreshAt is { } fresh ? JsonValue.String(fresh.ToString()) : null),
            (
                "alarms",
                JsonValue.Of(look.Alarms.Select(alarm => JsonValue.Object(("alarm", alarm.Name), ("says", alarm.Says))))
            ),
            ("evidence", evidence is null ? null : JsonValue.String(evidence))
        );
}
