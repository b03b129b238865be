namespace Tessrax.Node.Index;

/// <summary>What is open while something is made of it.</summary>
internal static class Owned
{
    /// <summary>Makes something that disposes of what it is made of; if it cannot be made, that is done here.</summary>
    public static T By<T>(IDisposable part, Func<T> make)
    {
        try
        {
            return make();
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }
}
