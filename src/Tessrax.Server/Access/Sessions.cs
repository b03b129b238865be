using System.Security.Cryptography;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node;

namespace Tessrax.Server.Access;

/// <summary>A session as it was opened.</summary>
/// <param name="Id">16 bytes.</param>
/// <param name="Secret">32 bytes, known to the client and the server.</param>
/// <param name="ExpiresAt">When it ends.</param>
internal sealed record OpenedSession(byte[] Id, byte[] Secret, UtcTime ExpiresAt);

/// <summary>Sessions: a client that has proven its key goes on with a MAC a request, which costs a hundredth of a signature.</summary>
/// <remarks>They live in memory, end with the process, after 15 minutes, and with the key's place in the access file.</remarks>
internal sealed class Sessions(AccessList list, NodeEnvironment environment)
{
    public const string Scheme = "Tessrax-Session";

    private const int MostOfKey = 64;
    private const int MostInAll = 4096;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    private readonly Lock access = new();
    private readonly Dictionary<UInt128, Session> sessions = [];

    /// <summary>Opens one for a key.</summary>
    /// <exception cref="TessraxException">TSX6006: there are too many.</exception>
    public OpenedSession Open(Digest key)
    {
        UtcTime now = UtcTime.Now(environment.Clock);
        var opened = new OpenedSession(
            environment.RandomBytes(SessionMac.IdBytes),
            environment.RandomBytes(SessionMac.Bytes),
            now + Life
        );
        lock (access)
        {
            foreach ((UInt128 id, Session old) in sessions.Where(s => s.Value.ExpiresAt <= now).ToArray())
                sessions.Remove(id);
            if (sessions.Count >= MostInAll || sessions.Values.Count(s => s.Key == key) >= MostOfKey)
                throw ErrorCodes.Overloaded.Because(
                    $"there are {MostOfKey} sessions of this key, or {MostInAll} in all",
                    "use the sessions that are open, or end some: DELETE /v1/sessions/current"
                );
            sessions[IdOf(opened.Id)] = new Session(key, opened.Secret, opened.ExpiresAt);
        }
        return opened;
    }

    /// <summary>Ends one.</summary>
    public void End(UInt128 id)
    {
        lock (access)
            sessions.Remove(id);
    }

    /// <summary>Judges what stands behind <c>Tessrax-Session</c>; the MAC is held to the body once that is there.</summary>
    /// <exception cref="TessraxException">TSX6010: malformed; TSX6013: no such session, or its key counts no more; TSX6017: the number was used.</exception>
    public Admission Judge(string parameters, string method, string target)
    {
        SessionProof proof = SessionProof.Parse(parameters);
        Session? session;
        lock (access)
            session = sessions.GetValueOrDefault(proof.Id);
        if (session is null || session.ExpiresAt <= UtcTime.Now(environment.Clock))
            throw ErrorCodes.UnknownAccessKey.Because(
                "the session has ended, or never was",
                "open another one: POST /v1/sessions"
            );
        AccessKey key = list.Require(session.Key, static _ => false);
        if (!session.Numbers.IsFree(proof.Number))
            throw Used();
        return new Admission(
            new Principal(key.Name, session.Key, key.Roles)
            {
                Session = proof.Id,
                CountsStill = () => list.Find(session.Key) is not null,
            },
            body =>
            {
                Digest mac = SessionMac.Of(session.Secret, method, target, proof.Number, body);
                if (!CryptographicOperations.FixedTimeEquals(mac.Span, proof.Mac.Span))
                    throw ErrorCodes.AccessSignature.Because(
                        "the session's secret did not make this MAC for this request"
                    );
                if (!session.Numbers.TryUse(proof.Number))
                    throw Used();
            }
        );
    }

    private static TessraxException Used() =>
        ErrorCodes.TokenUsed.Because("the session's number has been used, or is 4,096 behind the highest");

    private static UInt128 IdOf(byte[] id) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(id);

    private sealed record Session(Digest Key, byte[] Secret, UtcTime ExpiresAt)
    {
        public NumberWindow Numbers { get; } = new();
    }
}
