namespace Tessrax.Server.Access;

/// <summary>What a key may do here. They are independent: an operator may not submit. Who has any of them may read.</summary>
[Flags]
internal enum Roles
{
    None = 0,
    Reader = 1,
    Submitter = 2,
    Approver = 4,
    Operator = 8,
}

/// <summary>What an address asks of whoever comes.</summary>
internal enum Role
{
    /// <summary>Nothing: it is for everybody.</summary>
    Nobody,

    /// <summary>To be allowed to read.</summary>
    Reader,

    Submitter,

    Approver,

    Operator,

    /// <summary>A key with any role; being anonymous is not enough.</summary>
    AnyKey,

    /// <summary>To be somebody: a key with any role, or a browser that was signed in.</summary>
    Known,
}

/// <summary>How roles are written.</summary>
internal static class RoleText
{
    /// <summary>A role's name in the access file; <c>nobody</c>, <c>any-key</c> and <c>known</c> are none.</summary>
    public static string ToText(this Role role) => role == Role.AnyKey ? "any-key" : role.ToString().ToLowerInvariant();
}
