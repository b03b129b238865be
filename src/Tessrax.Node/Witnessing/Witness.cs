using Microsoft.Extensions.Logging;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Node.Logging;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Witnessing;

/// <summary>A witness (C2SP tlog-witness): cosigns the checkpoints of the logs that it knows, each of which begins with the one before.</summary>
/// <remarks>Safe for concurrent use. What it cosigned is durable before anybody is given the cosignature; a second process on the same state is refused.</remarks>
public sealed class Witness : IDisposable
{
    private readonly VerifierKey verifier;
    private readonly PrivateKey key;
    private readonly WitnessStore store;
    private readonly Dictionary<string, Log> logs;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly WriterLock held;

    private Witness(
        string state,
        string name,
        PrivateKey key,
        IEnumerable<WitnessedLog> known,
        NodeEnvironment environment
    )
    {
        verifier = VerifierKey.Create(name, key.PublicKey, VerifierKey.Ed25519Cosignature);
        this.key = key;
        logs = known
            .GroupBy(log => log.Origin, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group => new Log([.. group.Select(log => log.Key).Distinct()]),
                StringComparer.Ordinal
            );
        clock = environment.Clock;
        logger = environment.Logger;
        store = new WitnessStore(state, verifier, environment.Disk);
        store.Prepare();
        held = WriterLock.Acquire(
            state,
            $"is the witness that keeps its state in {state}",
            "end that witness first: one process at a time cosigns with a key"
        );
        store.DropRemains();
    }

    /// <summary>The witness's key as clients name it in their policies.</summary>
    public VerifierKey Verifier => verifier;

    /// <summary>The origins of the logs that it knows.</summary>
    public IReadOnlyCollection<string> Origins => logs.Keys;

    /// <summary>Begins to witness.</summary>
    /// <param name="state">The directory of what was cosigned; made if it is not there. It belongs to the key, and must never be brought back to an older state.</param>
    /// <param name="name">The witness's name, as in its vkey.</param>
    /// <param name="key">Signs nothing else; disposed with the witness.</param>
    /// <param name="known">The logs; several keys of one origin are keys of one log.</param>
    /// <param name="environment">Clock, disk and log.</param>
    /// <exception cref="TessraxException">TSX3002: another process has the state; TSX3003: what it cosigned cannot be told; TSX3005 to TSX3008.</exception>
    public static Witness Open(
        string state,
        string name,
        PrivateKey key,
        IEnumerable<WitnessedLog> known,
        NodeEnvironment environment
    )
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(environment);
        var witness = new Witness(state, name, key, known, environment);
        try
        {
            // Better now than at a log's first request.
            foreach (string origin in witness.logs.Keys)
                _ = witness.store.Read(origin);
            return witness;
        }
        catch
        {
            witness.held.Dispose();
            throw;
        }
    }

    /// <summary>Answers one request.</summary>
    /// <param name="body">From a stranger.</param>
    /// <exception cref="TessraxException">TSX3003, TSX3005 to TSX3009: the state cannot be read or written. Nothing was cosigned that anybody may be given.</exception>
    public WitnessAnswer AddCheckpoint(ReadOnlySpan<byte> body)
    {
        if (!AddCheckpointRequest.TryParse(body, out AddCheckpointRequest? request, out WitnessAnswer? malformed))
            return malformed;
        if (!logs.TryGetValue(request.Says.Origin, out Log? log))
            return WitnessRules.Refusal(request, [], null)!;
        try
        {
            lock (log.Access)
            {
                return Cosign(request, log);
            }
        }
        catch (TessraxException e)
        {
            logger.CosigningFails(request.Says.Origin, e.Code);
            throw;
        }
    }

    public void Dispose()
    {
        held.Dispose();
        key.Dispose();
    }

    // Nobody else reads or writes the log's file meanwhile.
    private WitnessAnswer Cosign(AddCheckpointRequest request, Log log)
    {
        string origin = request.Says.Origin;
        if (WitnessRules.Refusal(request, log.Keys, store.Read(origin)) is { } refusal)
        {
            logger.CosigningRefused(origin, request.Says.Head.Size, refusal.Status, refusal.Body.TrimEnd('\n'));
            return refusal;
        }
        NoteSignature line = Cosignature.Sign(request, verifier.Name, key, UtcTime.Now(clock));
        // Without lines of strangers, which a log may send a hundred of.
        store.Write(origin, request.Note.Only(log.Keys).With(line));
        logger.Cosigned(origin, request.Old, request.Says.Head.Size);
        return WitnessAnswer.Cosigned(line);
    }

    private sealed record Log(IReadOnlyList<VerifierKey> Keys)
    {
        public Lock Access { get; } = new();
    }
}

/// <summary>A log that a witness knows.</summary>
/// <param name="Origin">The first line of its checkpoints, which need not be the name of its key.</param>
/// <param name="Key">One of its keys, of type 01.</param>
public sealed record WitnessedLog(string Origin, VerifierKey Key)
{
    /// <summary>Reads <c>ORIGIN=VKEY</c>, or a vkey alone whose name is the origin.</summary>
    /// <exception cref="TessraxException">TSX2002: neither.</exception>
    public static WitnessedLog Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // Base64 ends in '=' and origins may hold one: the vkey is what stands behind the last that leaves one.
        int parts = text.LastIndexOf('+') is var plus and > 0 ? text.LastIndexOf('=', plus) : -1;
        VerifierKey key = VerifierKey.Parse(text[(parts + 1)..]);
        string origin = parts < 0 ? key.Name : text[..parts];
        return key.Type == VerifierKey.Ed25519 && origin.Length > 0
            ? new WitnessedLog(origin, key)
            : throw ErrorCodes.BadKey.Because(
                $"'{text}' names no log",
                "give ORIGIN=VKEY, or the vkey alone where its name is the origin; the key of a log is of type 01"
            );
    }
}
