using Tessrax.Hashing;

namespace Tessrax.Server.Access;

/// <summary>Who sent a request.</summary>
/// <param name="Name">As the access file names the key; <c>anonymous</c> without one.</param>
/// <param name="Key">The key's id; null for those who showed none.</param>
/// <param name="Roles">What they may do with this request.</param>
/// <param name="IsCookie">Whether a browser's cookie says so: it reads, whatever the key may.</param>
internal sealed record Principal(string Name, Digest? Key, Roles Roles, bool IsCookie = false)
{
    /// <summary>Whether what let them in counts still: asked again by what goes on for long.</summary>
    public Func<bool> CountsStill { get; init; } = static () => true;

    /// <summary>The session that the request belongs to; null for none.</summary>
    public UInt128? Session { get; init; }

    /// <summary>Somebody who showed no key.</summary>
    public static Principal Anonymous(bool mayRead) => new("anonymous", null, mayRead ? Roles.Reader : Roles.None);

    /// <summary>Whether an address that asks for this may be used.</summary>
    public bool May(Role needs) =>
        needs switch
        {
            Role.Nobody => true,
            Role.Reader => Roles != Roles.None,
            Role.Submitter => Roles.HasFlag(Roles.Submitter),
            Role.Approver => Roles.HasFlag(Roles.Approver),
            Role.Operator => Roles.HasFlag(Roles.Operator),
            Role.Known => (Key is not null || IsCookie) && Roles != Roles.None,
            _ => Key is not null && !IsCookie && Roles != Roles.None,
        };
}
