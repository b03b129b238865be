namespace Tessrax.Node.Serving;

/// <summary>Something shared that somebody may use until they give it back.</summary>
/// <typeparam name="T">What is lent.</typeparam>
public sealed class Lease<T> : IDisposable
{
    private readonly Action giveBack;
    private int given;

    internal Lease(T value, Action giveBack) => (Value, this.giveBack) = (value, giveBack);

    /// <summary>What was lent; not to be used after <see cref="Dispose"/>.</summary>
    public T Value { get; }

    /// <summary>Gives it back. More than once does no harm.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref given, 1) == 0)
            giveBack();
    }
}
