namespace Tessrax.Hashing;

/// <summary>The backend of each operation: the first of a list of candidates that is there and passes its self-test.</summary>
/// <remarks>Chosen at first use, one operation at a time: loading a library costs a millisecond, which a command that
/// hashes nothing should not pay.</remarks>
internal sealed class Sha256Choice(IReadOnlyList<Sha256Candidate> candidates)
{
    private readonly Lock choosing = new();

    // Each is set once, to an object that never changes: reading it without the lock is safe.
    private Sha256Backend? one;
    private Sha256Backend? pairs;
    private Sha256Backend? many;
    private readonly string[] reasons = new string[3];

    public Sha256Backend One => one ?? Choose(ref one, HashOperation.One);

    public Sha256Backend Pairs => pairs ?? Choose(ref pairs, HashOperation.Pairs);

    public Sha256Backend Many => many ?? Choose(ref many, HashOperation.Many);

    /// <summary>The candidates under a wish of <see cref="HashBackends"/>.</summary>
    public static Sha256Choice For(string? wish, NativeHash.Finder? find = null) =>
        new(Sha256Candidate.For(wish, find ?? NativeHash.Find));

    /// <summary>What is in use, after choosing what was not yet.</summary>
    public IEnumerable<HashBackend> Describe() =>
        [
            new("sha256", "one", One.Name, reasons[(int)HashOperation.One]),
            new("sha256", "pairs", Pairs.Name, reasons[(int)HashOperation.Pairs]),
            new("sha256", "many", Many.Name, reasons[(int)HashOperation.Many]),
        ];

    /// <summary>Why an operation has no backend, or null if each has one.</summary>
    public string? Failure()
    {
        foreach (HashOperation operation in Enum.GetValues<HashOperation>())
        {
            if (TryChoose(operation, out string reason) is null)
                return reason;
        }
        return null;
    }

    private Sha256Backend Choose(ref Sha256Backend? place, HashOperation operation)
    {
        lock (choosing)
        {
            if (place is not null)
                return place;
            Sha256Backend? found = TryChoose(operation, out string reason);
            reasons[(int)operation] = reason;
            return place = found ?? throw ErrorCodes.Bug.Because($"no SHA-256 passes its self-test: {reason}");
        }
    }

    private Sha256Backend? TryChoose(HashOperation operation, out string reason)
    {
        var passedOver = new List<string>();
        foreach (Sha256Candidate candidate in candidates)
        {
            Sha256Backend? backend = Try(candidate, operation, out string? why);
            if (backend is null)
            {
                if (why is not null)
                    passedOver.Add($"{candidate.Name} {why}");
                continue;
            }
            reason = string.Join("; ", [why!, .. passedOver]);
            return backend;
        }
        reason = string.Join("; ", passedOver);
        return null;
    }

    // A candidate comes from outside of us, so it may fail in any way; whatever it does, the next one is asked.
    private static Sha256Backend? Try(Sha256Candidate candidate, HashOperation operation, out string? why)
    {
        try
        {
            Sha256Backend? backend = candidate.Find(operation, out why);
            if (backend is null || Sha256SelfTest.Passes(backend, operation))
                return backend;
            why = "failed its self-test";
        }
        catch (Exception e)
        {
            why = $"failed: {e.Message}";
        }
        return null;
    }
}
