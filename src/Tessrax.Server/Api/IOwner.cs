namespace Tessrax.Server.Api;

/// <summary>Whoever writes a ledger that is only read here: another process, or another part of this one.</summary>
internal interface IOwner
{
    /// <summary>Whether there is one, or could be: this is what clients are told of the ledger.</summary>
    bool CanAppend { get; }

    /// <summary>Has it answer a request that was let in here. When this returns, what is read here has all that the answer tells of.</summary>
    /// <exception cref="TessraxException">TSX6050: there is none now; TSX3009: it is not known what became of the request.</exception>
    ValueTask<ApiAnswer> Ask(ApiCall call);
}
