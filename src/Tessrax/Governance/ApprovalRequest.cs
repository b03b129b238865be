using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>Makes a signature: by a key in memory, or by a command that asks a hardware key.</summary>
/// <param name="message">The bytes to sign.</param>
/// <returns>64 bytes.</returns>
public delegate byte[] Signer(ReadOnlySpan<byte> message);

/// <summary>Proposals taken out of a ledger, so that an approver can look at them and sign on a machine that has neither ledger nor network.</summary>
/// <remarks><code>{"request":"tessrax/approval-request/v1","ledger":"sha256:…","gov":"sha256:…","approvers":[…],"proposals":[{"index":7,"proposal":{…}}]}</code></remarks>
/// <param name="Ledger">The ledger's id.</param>
/// <param name="Gov">Digest of the governance state that approvals will name.</param>
/// <param name="Approvers">Who holds which roles.</param>
/// <param name="Proposals">What waits.</param>
public sealed record ApprovalRequest(
    Digest Ledger,
    Digest Gov,
    IReadOnlyList<Approver> Approvers,
    IReadOnlyList<RequestedProposal> Proposals
)
{
    /// <summary>The most proposals in one request, and the most verdicts that come back.</summary>
    public const int MaxProposals = 4096;

    /// <summary>The most bytes of a request.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const string Version = "tessrax/approval-request/v1";

    /// <summary>The proposals that wait in a ledger.</summary>
    public static ApprovalRequest From(LedgerFold fold) =>
        new(
            fold.State.Ledger,
            fold.State.Digest,
            [.. ApproversOf(fold)],
            [.. fold.Proposals.Values.Select(p => RequestedProposal.From(p, fold))]
        );

    // Of the present state, and those whom a proposal would appoint: they are asked as well.
    private static IEnumerable<Approver> ApproversOf(LedgerFold fold) =>
        fold
            .State.ActiveKeys(KeyPurpose.Approver)
            .Concat(fold.Proposals.Values.SelectMany(p => fold.ElectorateOf(p.Proposal).Approvers))
            .GroupBy(k => k.Id)
            .Select(key => new Approver(
                key.Key,
                key.First().Name,
                [.. key.SelectMany(k => k.Roles).Distinct().Order(StringComparer.Ordinal)]
            )
            {
                Delegated = [.. fold.State.Delegations.Where(d => d.To == key.Key)],
            });

    /// <summary>Reads a request strictly.</summary>
    public static ApprovalRequest Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            throw ErrorCodes.TooLarge.Because($"a request of {bytes.Length} bytes; at most {MaxBytes} are allowed");
        var reader = new ObjectReader(JsonValue.Parse(bytes));
        reader.OneOf("request", Version);
        var request = new ApprovalRequest(
            reader.Digest("ledger"),
            reader.Digest("gov"),
            [
                .. reader
                    .Array("approvers", KeyRules.MaxKeys)
                    .Select(item => Approver.Read(new ObjectReader(item.Value, item.Path))),
            ],
            [
                .. reader
                    .Array("proposals", MaxProposals)
                    .Select(item => RequestedProposal.Read(new ObjectReader(item.Value, item.Path))),
            ]
        );
        reader.End();
        return request;
    }

    /// <summary>The canonical bytes; of more proposals than one request has, the oldest.</summary>
    public byte[] ToBytes() =>
        JsonValue
            .Object(
                ("request", Version),
                ("ledger", Ledger.ToString()),
                ("gov", Gov.ToString()),
                ("approvers", JsonValue.Of(Approvers.Select(a => a.ToJson()))),
                ("proposals", JsonValue.Of(Proposals.Take(MaxProposals).Select(p => p.ToJson())))
            )
            .ToCanonicalBytes();

    /// <summary>Signs a verdict on one proposal.</summary>
    /// <param name="index">The proposal's id.</param>
    /// <param name="key">The approver's key id.</param>
    /// <param name="approves">True to approve, false to reject.</param>
    /// <param name="now">The approver's clock.</param>
    /// <param name="nonce">16 random bytes.</param>
    /// <param name="signer">Makes the signature.</param>
    /// <param name="inRole">The role to sign in; otherwise the first one of the key's that is asked for. Where a key changes its role it may have to sign once in each.</param>
    /// <exception cref="TessraxException">TSX3014: not in this request; TSX4002: the key holds no role asked for; TSX4003: too late; TSX5005: the request shows another decision than the body commits to.</exception>
    public ApprovalRecorded Sign(
        long index,
        Digest key,
        bool approves,
        UtcTime now,
        ReadOnlySpan<byte> nonce,
        Signer signer,
        string? inRole = null
    )
    {
        RequestedProposal wanted = Shown(index, now);
        (string role, UtcTime until) = Speaking(wanted, key, now, inRole);
        EntryBody body = wanted.Proposal.Body;
        var approval = new Approval
        {
            Key = key,
            Role = role,
            Approves = approves,
            Gov = Gov,
            IssuedAt = now,
            ExpiresAt = until,
            Nonce = Convert.ToBase64String(nonce),
        };
        byte[] signature = signer(approval.SignedBytes(Ledger, body.DigestIn(Ledger)));
        return new ApprovalRecorded(index, approval with { Signature = Convert.ToBase64String(signature) });
    }

    /// <summary>The role that a verdict on one proposal would be signed in.</summary>
    /// <param name="index">The proposal's id.</param>
    /// <param name="key">The approver's key id.</param>
    /// <param name="now">The approver's clock.</param>
    /// <param name="inRole">The role to sign in; otherwise the first one of the key's that is asked for.</param>
    /// <exception cref="TessraxException">What <see cref="Sign"/> would throw.</exception>
    public string RoleOf(long index, Digest key, UtcTime now, string? inRole = null) =>
        Speaking(Shown(index, now), key, now, inRole).Role;

    // The proposal, if it can be shown and signed.
    private RequestedProposal Shown(long index, UtcTime now)
    {
        RequestedProposal wanted =
            Proposals.FirstOrDefault(p => p.Index == index)
            ?? throw ErrorCodes.NoSuchProposal.Because($"no proposal {index} waits here");
        Proposal proposal = wanted.Proposal;
        // What the approver reads must be what the signature covers. A control event's content stands in the body itself.
        if (proposal.Decision is not null && !proposal.CommitsToDecision(Ledger))
            throw ErrorCodes.CommitmentBroken.Because(
                $"proposal {index} shows a decision that its body does not commit to"
            );
        if (proposal.Decision is null && !Events.IsGoverned(proposal.Body.Event))
            throw ErrorCodes.UnknownEvent.Because(
                $"proposal {index} is a {proposal.Body.Event}, which this version cannot show"
            );
        if (now > proposal.Body.ExpiresAt)
            throw ErrorCodes.OutsideWindow.Because($"proposal {index} expired at {proposal.Body.ExpiresAt}");
        return wanted;
    }

    // The role that a key speaks in, and until when at most.
    private (string Role, UtcTime Until) Speaking(RequestedProposal wanted, Digest key, UtcTime now, string? inRole)
    {
        Proposal proposal = wanted.Proposal;
        Approver? approver = Approvers.FirstOrDefault(a => a.Key == key);
        string name = proposal.Decision is { } decision ? decision.Action ?? "" : proposal.Body.Event;
        bool IsWanted(string held) =>
            (inRole is null || held == inRole) && (inRole is not null || wanted.Required.Any(q => q.Role == held));
        string? own = approver?.Roles.FirstOrDefault(IsWanted);
        // Who does not hold a role may speak in it for somebody who does, as long as that was said.
        Delegation? delegated = own is null
            ? approver?.Delegated.FirstOrDefault(d =>
                IsWanted(d.Role) && d.Actions.Contains(name) && now <= d.ExpiresAt
            )
            : null;
        string role =
            own
            ?? delegated?.Role
            ?? throw ErrorCodes.NotAnApprover.Because(
                $"the key {key} holds no role {(inRole is null ? "" : $"'{inRole}' ")}that proposal {wanted.Index} asks for"
            );
        UtcTime end = proposal.Body.ExpiresAt;
        return (role, delegated is null ? end : Earlier(end, delegated.ExpiresAt));
    }

    private static UtcTime Earlier(UtcTime one, UtcTime other) => one < other ? one : other;
}

/// <summary>Somebody who may approve.</summary>
/// <param name="Key">Whole key id.</param>
/// <param name="Name">For people.</param>
/// <param name="Roles">Sorted.</param>
public sealed record Approver(Digest Key, string Name, IReadOnlyList<string> Roles)
{
    /// <summary>Whom it may speak for, about what and until when.</summary>
    public IReadOnlyList<Delegation> Delegated { get; init; } = [];

    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("key", Key.ToString()),
            ("name", Name),
            ("roles", JsonValue.Of(Roles.Select(JsonValue.String))),
            ("delegated", Delegated.Count == 0 ? null : JsonValue.Of(Delegated.Select(d => d.ToJson())))
        );

    internal static Approver Read(ObjectReader reader)
    {
        var approver = new Approver(
            reader.Digest("key"),
            reader.String("name", Origins.MaxBytes),
            [
                .. reader
                    .Array("roles", 16)
                    .Select(r =>
                        r.Value.Kind == JsonKind.String
                            ? r.Value.AsString()
                            : throw reader.Fault("roles", "must be strings")
                    ),
            ]
        )
        {
            Delegated =
            [
                .. reader
                    .OptionalArray("delegated", ApproversDelegated.MaxDelegations)
                    .Select(item => Delegation.Read(new ObjectReader(item.Value, item.Path))),
            ],
        };
        reader.End();
        return approver;
    }
}

/// <summary>A proposal and its id.</summary>
/// <param name="Index">Index of the DECISION_PROPOSED entry.</param>
/// <param name="Proposal">What waits.</param>
/// <param name="Needs">For a control event, the approvals that it needs; a decision says so itself. Nobody has to trust this: it tells
/// in which role to sign, and the ledger counts by its own rules.</param>
public sealed record RequestedProposal(long Index, Proposal Proposal, IReadOnlyList<RequiredApproval>? Needs = null)
{
    private const int MaxRoles = 256;

    /// <summary>The approvals that it needs.</summary>
    public IReadOnlyList<RequiredApproval> Required => Proposal.Decision?.Approvals ?? Needs ?? [];

    internal static RequestedProposal From(OpenProposal open, LedgerFold fold) =>
        new(open.Index, open.Proposal, open.Proposal.Decision is null ? fold.RequiredOf(open.Proposal) : null);

    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("index", Index),
            ("proposal", Proposal.ToJson()),
            ("approvals", Proposal.Decision is null ? JsonValue.Of(Required.Select(n => n.ToJson())) : null)
        );

    internal static RequestedProposal Read(ObjectReader reader)
    {
        long index = reader.Integer("index");
        Proposal proposal = Proposal.FromJson(reader.Required("proposal"), $"{reader.Path}.proposal");
        var requested = new RequestedProposal(index, proposal);
        if (proposal.Decision is null)
            requested = requested with
            {
                Needs =
                [
                    .. reader
                        .Array("approvals", MaxRoles)
                        .Select(item => PolicyReader.ReadApproval(item.Value, item.Path)),
                ],
            };
        reader.End();
        return requested;
    }
}

/// <summary>Signed verdicts on their way back to the ledger.</summary>
/// <param name="Ledger">The ledger they are for.</param>
/// <param name="Verdicts">One a proposal and key.</param>
public sealed record SignedApprovals(Digest Ledger, IReadOnlyList<ApprovalRecorded> Verdicts)
{
    private const string Version = "tessrax/approvals/v1";

    /// <summary>Reads the file strictly.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1010: not such a file; TSX1006: more than 4,096 verdicts, or 16 MiB.</exception>
    public static SignedApprovals Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ApprovalRequest.MaxBytes)
            throw ErrorCodes.TooLarge.Because(
                $"approvals of {bytes.Length} bytes; at most {ApprovalRequest.MaxBytes} are allowed"
            );
        var reader = new ObjectReader(JsonValue.Parse(bytes));
        reader.OneOf("approvals", Version);
        var approvals = new SignedApprovals(
            reader.Digest("ledger"),
            [
                .. reader
                    .Array("verdicts", ApprovalRequest.MaxProposals)
                    .Select(item => ApprovalRecorded.FromJson(item.Value, item.Path)),
            ]
        );
        reader.End();
        return approvals;
    }

    public byte[] ToBytes() =>
        JsonValue
            .Object(
                ("approvals", Version),
                ("ledger", Ledger.ToString()),
                ("verdicts", JsonValue.Of(Verdicts.Select(v => v.ToJson())))
            )
            .ToCanonicalBytes();
}
