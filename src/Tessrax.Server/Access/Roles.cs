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
}
