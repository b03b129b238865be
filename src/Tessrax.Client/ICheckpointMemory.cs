namespace Tessrax.Client;

/// <summary>Keeps the newest checkpoint that was accepted from one process to the next, for one ledger. Several processes may use it at once.</summary>
public interface ICheckpointMemory
{
    /// <summary>Where it is, for messages.</summary>
    string Place { get; }

    /// <summary>The signed checkpoint; empty if none was accepted yet. What is damaged may come as it is: it says nothing.</summary>
    /// <exception cref="TessraxException">TSX3006, TSX3007: it cannot be read.</exception>
    byte[] Read();

    /// <summary>Puts a checkpoint in the place of what was read, durably.</summary>
    /// <param name="read">What was read.</param>
    /// <param name="now">The checkpoint, which extends it.</param>
    /// <returns>False, and nothing was changed, if another process has put something else there since.</returns>
    bool TryReplace(byte[] read, byte[] now);
}
