using Tessrax.Server.Api;

namespace Tessrax.Server.Access;

/// <summary>Says who sends a request, and whether they may.</summary>
internal sealed class AccessGate(bool anonymousRead)
{
    /// <summary>Judges all but the body.</summary>
    /// <exception cref="TessraxException">TSX6008: a key is needed; TSX6018: another role.</exception>
    public Admission Admit(HttpContext http, ApiRoute route)
    {
        ArgumentNullException.ThrowIfNull(http);
        Principal who = Principal.Anonymous(anonymousRead);
        if (who.May(route.Needs))
            return new Admission(who, static _ => { });
        throw who.Key is null
            ? ErrorCodes.KeyNeeded.Because($"{route.Path} is not for everybody")
            : ErrorCodes.RoleNeeded.Because($"the key {who.Name} has not the role that {route.Path} needs");
    }
}

/// <summary>Somebody who was let in, as far as the head of their request goes.</summary>
/// <param name="Who">Who they are.</param>
/// <param name="RequireBody">Held to the body before anything is done with it; throws if that is not the one that was signed.</param>
internal sealed record Admission(Principal Who, Action<ReadOnlyMemory<byte>> RequireBody);
