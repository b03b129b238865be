using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Demo;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>What several checks do on their way.</summary>
internal static class Steps
{
    /// <summary>A whole number of some JSON.</summary>
    public static long Number(JsonValue value) => long.Parse(value.AsNumberText(), CultureInfo.InvariantCulture);

    /// <summary>Writes the samples' policy as version 9.0.0, changed.</summary>
    public static string Next(Trial trial, Func<JsonValue, JsonValue> change) =>
        trial.Write("next.json", change(DemoSamples.Policy().Document.With("version", "9.0.0")).ToString());

    /// <summary>Brings that policy into force, with approvals.</summary>
    public static void Upgrade(Trial trial, Func<JsonValue, JsonValue> change)
    {
        string[] upgrade = ["policy", "upgrade", trial.Ledger, Next(trial, change), "--reason", "a new version"];
        Approve(trial, trial.Json(upgrade)["proposal"]!.AsNumberText());
    }

    /// <summary>Appends one own event.</summary>
    public static JsonValue Append(Trial trial, string name, string data = "1") =>
        trial.Json("append", trial.Ledger, "--event", name, "--payload", trial.Write("payload.json", data));

    /// <summary>Lets alice and bob approve a proposal.</summary>
    public static void Approve(Trial trial, string proposal)
    {
        foreach (string name in (string[])["alice.key", "bob.key"])
            trial.Must("approve", trial.Ledger, proposal, "--key", trial[name]);
    }

    /// <summary>Brings the specimen with an index.</summary>
    public static void Indexed(Trial trial)
    {
        trial.Begin();
        Directory.CreateDirectory(Path.Combine(trial.Ledger, "index"));
        trial.Must("index", "rebuild", trial.Ledger);
    }

    /// <summary>The ledger's only segment.</summary>
    public static string Segment(Trial trial) => Path.Combine(trial.Ledger, "segments", "0000000000.seg");

    /// <summary>Lets the ledger and a copy of it go on each by itself.</summary>
    public static string Fork(Trial trial)
    {
        trial.Begin();
        string fork = trial["fork"];
        DirectoryCopy.Make(trial.Ledger, fork);
        string payload = trial.Write("p.json", "1");
        trial.Must("append", trial.Ledger, "--event", "x-here", "--payload", payload);
        // Whoever forks a log on another machine knows nothing of what was signed on this one.
        trial.Variables["XDG_STATE_HOME"] = trial["elsewhere"];
        trial.Must("append", fork, "--event", "x-there", "--payload", payload);
        trial.Must("append", fork, "--event", "x-further", "--payload", payload);
        trial.Variables.Remove("XDG_STATE_HOME");
        return fork;
    }
}
