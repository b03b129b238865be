using System.Globalization;
using Tessrax.Hashing;

namespace Tessrax.Cli.Mcp;

/// <summary>Something that an agent may read by its address.</summary>
/// <param name="Uri">Its address; with <c>{name}</c> where it is one of many.</param>
/// <param name="Name">For people and models.</param>
/// <param name="Description">What it is.</param>
/// <param name="MediaType">Of its text.</param>
internal sealed record AgentResource(string Uri, string Name, string Description, string MediaType)
{
    /// <summary>What stands in the place of the braces, if an address is one of these; null if it is not, empty where there are no braces.</summary>
    public string? Part(string uri)
    {
        int braces = Uri.IndexOf('{', StringComparison.Ordinal);
        if (braces < 0)
            return uri == Uri ? "" : null;
        return uri.StartsWith(Uri.AsSpan(0, braces), StringComparison.Ordinal) && uri.Length > braces
            ? uri[braces..]
            : null;
    }
}

/// <summary>The policies of a ledger and its checkpoints, as resources.</summary>
internal sealed class AgentResources(AgentLedger ledger)
{
    private const string Json = "application/json";
    private const string Text = "text/plain";

    private static readonly AgentResource Policy = new(
        "tessrax://policy",
        "policy",
        "the policy in force: what is decided by rule, what waits for people, and whom the rules follow",
        Json
    );

    private static readonly AgentResource Policies = new(
        "tessrax://policies",
        "policies",
        "every policy that was in force: since which entry, why, and who agreed",
        Json
    );

    private static readonly AgentResource Checkpoint = new(
        "tessrax://checkpoint",
        "checkpoint",
        "the newest signed checkpoint: origin, size and root, as a signed note",
        Text
    );

    private static readonly AgentResource OnePolicy = new(
        "tessrax://policies/{digest}",
        "a policy",
        "a policy that was in force, by its digest, sha256:…",
        Json
    );

    private static readonly AgentResource OneCheckpoint = new(
        "tessrax://checkpoints/{size}",
        "a checkpoint",
        "the checkpoint that was signed when the ledger had exactly so many entries",
        Text
    );

    private static readonly AgentResource OneEntry = new(
        "tessrax://entries/{index}",
        "an entry",
        "one entry whole, by its number",
        Json
    );

    /// <summary>Those with an address of their own.</summary>
    public static IReadOnlyList<AgentResource> Single { get; } = [Policy, Policies, Checkpoint];

    /// <summary>Those that are one of many.</summary>
    public static IReadOnlyList<AgentResource> Templates { get; } = [OnePolicy, OneCheckpoint, OneEntry];

    /// <summary>The text of a resource, and what it is; null if nothing has that address.</summary>
    /// <exception cref="TessraxException">TSX3011: there is no such entry, checkpoint or policy.</exception>
    public (AgentResource Resource, string Text)? Read(string uri)
    {
        foreach (AgentResource resource in Single.Concat(Templates))
        {
            if (resource.Part(uri) is { } part)
                return (resource, TextOf(resource, part));
        }
        return null;
    }

    private string TextOf(AgentResource resource, string part)
    {
        if (resource == Policy)
            return ledger.Policy().ToString();
        if (resource == Policies)
            return ledger.Policies().ToString();
        if (resource == OnePolicy)
            return ledger.Policy(DigestOf(part)).ToString();
        if (resource == Checkpoint)
            return ledger.Checkpoint();
        long number = NumberOf(part);
        return resource == OneEntry ? ledger.Entry(number).ToString() : ledger.Checkpoint(number);
    }

    private static Digest DigestOf(string part) =>
        Digest.TryParse(part, out Digest digest)
            ? digest
            : throw ErrorCodes.NoSuchEntry.Because($"'{part}' is not a digest such as sha256:…");

    private static long NumberOf(string part) =>
        long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw ErrorCodes.NoSuchEntry.Because($"'{part}' is not a number of entries");
}
